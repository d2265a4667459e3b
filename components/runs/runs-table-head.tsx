import { Checkbox } from "#/components/ui/checkbox.tsx";
import { ActionsHeaderCell, TableHead, TableHeaderCell, TableRow } from "#/components/ui/table.tsx";

/** The columns of the runs list; narrow screens keep those that tell runs apart. */
export function RunsTableHead({
  selected,
  onSelectPage,
}: {
  /** Whether the runs of the page are. */
  selected: boolean | "indeterminate";
  onSelectPage: () => void;
}) {
  return (
    <TableHead>
      <TableRow>
        <TableHeaderCell className="w-8 pr-0 pl-3">
          <Checkbox aria-label="Select the runs of this page" checked={selected} onCheckedChange={onSelectPage} />
        </TableHeaderCell>
        <TableHeaderCell className="max-md:w-28">Status</TableHeaderCell>
        <TableHeaderCell>Workflow · version</TableHeaderCell>
        <TableHeaderCell className="max-md:hidden">Run id</TableHeaderCell>
        <TableHeaderCell className="max-lg:hidden">Trigger</TableHeaderCell>
        <TableHeaderCell className="max-md:w-24">Started</TableHeaderCell>
        <TableHeaderCell numeric className="max-sm:hidden">
          Duration
        </TableHeaderCell>
        <TableHeaderCell numeric className="max-xl:hidden">
          Steps
        </TableHeaderCell>
        <TableHeaderCell numeric className="max-lg:hidden">
          Tokens
        </TableHeaderCell>
        <TableHeaderCell numeric className="max-lg:hidden">
          Cost
        </TableHeaderCell>
        <TableHeaderCell className="max-lg:hidden">Replay of</TableHeaderCell>
        <ActionsHeaderCell className="sticky right-0 w-9 bg-canvas" />
      </TableRow>
    </TableHead>
  );
}
