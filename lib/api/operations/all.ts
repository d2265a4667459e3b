import type { Operation } from "../operation.ts";
import { apiKeyOperations } from "./api-keys.ts";
import { auditEventOperations } from "./audit-events.ts";
import { environmentOperations } from "./environments.ts";
import { invitationOperations } from "./invitations.ts";
import { mcpServerOperations } from "./mcp-servers.ts";
import { memberOperations } from "./members.ts";
import { modelOperations } from "./models.ts";
import { mutationGrantOperations } from "./mutation-grants.ts";
import { nodeMappingOperations } from "./node-mappings.ts";
import { policyOperations } from "./policies.ts";
import { promptOperations } from "./prompts.ts";
import { providerOperations } from "./providers.ts";
import { replayBatchOperations } from "./replay-batches.ts";
import { replayOperations } from "./replays.ts";
import { runControlOperations } from "./run-control.ts";
import { runOperations } from "./runs.ts";
import { scheduleOperations } from "./schedules.ts";
import { suggestedFixOperations } from "./suggested-fixes.ts";
import { toolOperations } from "./tools.ts";
import { traceOperations } from "./traces.ts";
import { workflowVersionOperations } from "./workflow-versions.ts";
import { workflowOperations } from "./workflows.ts";
import { workspaceOperations } from "./workspace.ts";

/** Every operation under /api/v1: the one list that is served, described and tested. */
export const allOperations: readonly Operation[] = [
  ...runOperations,
  ...runControlOperations,
  ...traceOperations,
  ...replayOperations,
  ...suggestedFixOperations,
  ...replayBatchOperations,
  ...scheduleOperations,
  ...workflowOperations,
  ...workflowVersionOperations,
  ...promptOperations,
  ...modelOperations,
  ...nodeMappingOperations,
  ...mutationGrantOperations,
  ...policyOperations,
  ...toolOperations,
  ...mcpServerOperations,
  ...providerOperations,
  ...apiKeyOperations,
  ...memberOperations,
  ...invitationOperations,
  ...auditEventOperations,
  ...workspaceOperations,
  ...environmentOperations,
];
