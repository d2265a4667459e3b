import { RunsSkeleton } from "#/components/runs/runs-skeleton.tsx";

export default RunsSkeleton;
