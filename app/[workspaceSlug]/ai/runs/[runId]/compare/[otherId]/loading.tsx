import { LoadingRows } from "#/components/trace/loading-rows.tsx";
import { Skeleton } from "#/components/ui/skeleton.tsx";

export default function Loading() {
  return (
    <div role="status" aria-label="Comparing the runs" className="flex min-h-0 grow flex-col">
      <div className="flex flex-col gap-2 border-b border-line px-3 py-3">
        <Skeleton className="h-4 w-40" />
        <Skeleton className="w-64 max-w-full" />
      </div>
      <div className="flex flex-col gap-3 border-b border-line px-3 py-3">
        <Skeleton className="w-full" />
        <Skeleton className="w-full" />
        <Skeleton className="w-full" />
      </div>
      <LoadingRows />
    </div>
  );
}
