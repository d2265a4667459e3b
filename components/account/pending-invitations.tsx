import { Badge } from "#/components/ui/badge.tsx";
import type { Role } from "#/lib/contract/access.ts";
import { InvitationAnswer } from "./invitation-answer.tsx";
import { JoinWorkspace } from "./join-workspace.tsx";
import type { PersonAction } from "./use-person-action.ts";

type Props = {
  invitations: { id: string; workspaceName: string; role: Role }[];
  accept: PersonAction<{ id: string }, { workspaceSlug: string }>;
  decline: PersonAction<{ id: string }>;
};

/** Workspaces that the signed-in person is invited to; each membership begins when they join. */
export function PendingInvitations({ invitations, accept, decline }: Props) {
  return (
    <ul className="flex flex-col gap-2">
      {invitations.map(({ id, workspaceName, role }) => (
        <li
          key={id}
          className="flex flex-wrap items-center justify-between gap-3 rounded-md border border-line px-3 py-2"
        >
          <span className="min-w-0 break-words">
            <b className="font-medium">{workspaceName}</b> as <Badge>{role}</Badge>
          </span>
          <span className="flex flex-wrap items-center gap-1.5">
            <InvitationAnswer by={{ id }} workspaceName={workspaceName} decline={decline}>
              <JoinWorkspace by={{ id }} name={workspaceName} join={accept} />
            </InvitationAnswer>
          </span>
        </li>
      ))}
    </ul>
  );
}
