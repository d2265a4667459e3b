import { Skeleton } from "#/components/ui/skeleton.tsx";

const rows = ["run", "workflow", "environment", "trigger", "lineage", "duration", "steps", "tokens", "cost"];

export default function Loading() {
  return (
    <div role="status" className="flex w-full max-w-5xl flex-col gap-5 p-4">
      <span className="sr-only">Loading the run</span>
      <Skeleton className="h-6 w-56" />
      <div className="grid gap-6 md:grid-cols-[16rem_minmax(0,1fr)]">
        <Skeleton className="h-32" />
        <div className="flex flex-col gap-5">
          {rows.map((row) => (
            <Skeleton key={row} className="w-80 max-w-full" />
          ))}
        </div>
      </div>
    </div>
  );
}
