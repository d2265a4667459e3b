import { Skeleton } from "./skeleton.tsx";

const widths = ["w-40", "w-56", "w-32", "w-48", "w-36", "w-52", "w-44", "w-32"];

/** A page's title and table while they load; `label` is read out. */
export function ListSkeleton({ label }: { label: string }) {
  return (
    <div role="status" className="flex grow flex-col">
      <span className="sr-only">{label}</span>
      <div className="flex h-16 flex-col justify-center gap-2 border-b border-line px-4">
        <Skeleton className="h-4 w-40" />
        <Skeleton className="w-80 max-w-full" />
      </div>
      {widths.map((width, index) => (
        <div key={`${width}${String(index)}`} className="flex h-9 items-center gap-6 border-b border-line px-4">
          <Skeleton className={width} />
          <Skeleton className="hidden w-32 sm:block" />
          <Skeleton className="ml-auto w-16" />
        </div>
      ))}
    </div>
  );
}
