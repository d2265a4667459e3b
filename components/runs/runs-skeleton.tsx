import { Skeleton } from "#/components/ui/skeleton.tsx";

const widths = ["w-40", "w-52", "w-32", "w-44", "w-36", "w-48", "w-40", "w-32", "w-52", "w-44", "w-36", "w-40"];

/** The runs list while it loads. */
export function RunsSkeleton() {
  return (
    <div role="status" className="flex grow flex-col">
      <span className="sr-only">Loading runs</span>
      <div className="flex h-11 items-center gap-2 border-b border-line px-3">
        <Skeleton className="h-6 w-64" />
        <Skeleton className="h-6 w-16" />
        <Skeleton className="h-6 w-20" />
      </div>
      {widths.map((width, index) => (
        <div key={`${width}${String(index)}`} className="flex h-8 items-center gap-6 border-b border-line px-3">
          <Skeleton className="w-20" />
          <Skeleton className={width} />
          <Skeleton className="w-24" />
          <Skeleton className="ml-auto w-12" />
        </div>
      ))}
    </div>
  );
}
