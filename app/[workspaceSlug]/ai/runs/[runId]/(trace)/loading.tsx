import { Skeleton } from "#/components/ui/skeleton.tsx";
import { LoadingRows } from "#/components/trace/loading-rows.tsx";

export default function Loading() {
  return (
    <div role="status" aria-label="Loading the run" className="flex min-h-0 grow flex-col">
      <div className="flex flex-col gap-3 border-b border-line px-3 py-3">
        <Skeleton className="h-4 w-64" />
        <Skeleton className="w-96 max-w-full" />
      </div>
      <div className="h-9 border-b border-line" />
      <LoadingRows />
    </div>
  );
}
