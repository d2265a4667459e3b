"use client";

import { useRouter } from "next/navigation";
import { toast } from "sonner";
import { RefusalCallout } from "#/components/shell/refusal-callout.tsx";
import { Badge } from "#/components/ui/badge.tsx";
import { Button } from "#/components/ui/button.tsx";
import { RelativeTime } from "#/components/ui/relative-time.tsx";
import type { SessionView } from "#/lib/contract/person.ts";
import { type PersonAction, usePersonAction } from "./use-person-action.ts";
import { userAgentWords } from "./user-agent-words.ts";
import { signInPage } from "#/lib/auth/sign-in-address.ts";

type Props = {
  sessions: SessionView[];
  end: PersonAction<{ id: string }>;
  endAll: PersonAction<{ keepThis: boolean }>;
};

/** Where the person is signed in, with a way to end each session. */
export function Sessions({ sessions, end, endAll }: Props) {
  const router = useRouter();
  const one = usePersonAction(end);
  const all = usePersonAction(endAll);
  const isAlone = sessions.every(({ current }) => current);
  const endOthers = () =>
    all.run({ keepThis: true }, () => {
      toast.success("Signed out everywhere else");
      router.refresh();
    });
  return (
    <div className="flex flex-col gap-3">
      <RefusalCallout refusal={one.refusal ?? all.refusal} />
      <ul aria-label="Sessions" className="flex flex-col border-y border-line">
        {sessions.map((session) => (
          <li
            key={session.id}
            className="flex min-h-10 flex-wrap items-center gap-x-3 gap-y-1 border-line py-1.5 [&+li]:border-t"
          >
            <span className="font-medium" title={session.userAgent ?? undefined}>
              {userAgentWords(session.userAgent)}
            </span>
            {session.current ? <Badge tone="success">this session</Badge> : null}
            <span className="grow text-ink-muted">
              signed in <RelativeTime iso={session.createdAt} />
            </span>
            {session.current ? null : (
              <Button
                variant="ghost"
                loading={one.isBusy}
                aria-label={`End the session of ${userAgentWords(session.userAgent)}, signed in ${session.createdAt}`}
                onClick={() =>
                  one.run({ id: session.id }, () => {
                    toast.success("Session ended");
                    router.refresh();
                  })
                }
              >
                End
              </Button>
            )}
          </li>
        ))}
      </ul>
      <div className="flex flex-wrap gap-2">
        <Button
          size="md"
          loading={all.isBusy}
          disabledReason={isAlone ? "This is your only session." : null}
          onClick={endOthers}
        >
          Sign out everywhere else
        </Button>
        <Button
          size="md"
          loading={all.isBusy}
          onClick={() => all.run({ keepThis: false }, () => window.location.assign(signInPage))}
        >
          Sign out everywhere
        </Button>
      </div>
    </div>
  );
}
