import { Skeleton } from "#/components/ui/skeleton.tsx";

const shape = ["w-2/5", "w-3/5", "w-1/2", "w-2/3", "w-2/5", "w-1/2", "w-3/5"];

/** Placeholder for the rows while the trace loads. */
export function LoadingRows() {
  return (
    <div className="flex flex-col">
      <div className="h-[61px] border-b border-line bg-surface" />
      {shape.map((width, at) => (
        <div key={at} className="flex h-7 items-center px-3" style={{ paddingLeft: `${12 + (at % 3) * 12}px` }}>
          <Skeleton className={width} />
        </div>
      ))}
    </div>
  );
}
