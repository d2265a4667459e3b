import type { Attack } from "./attack.ts";
import { attacksByReading } from "./attacks-by-reading.ts";
import { attacksByRequests } from "./attacks-by-requests.ts";
import { attacksByRuns } from "./attacks-by-runs.ts";

/** Everything that one tenant may do to the others who share its processes, each found once to hold or to end one. */
export const attacks: readonly Attack[] = [...attacksByRequests, ...attacksByRuns, ...attacksByReading];
