import { ActionsHeaderCell, TableHead, TableHeaderCell, TableRow } from "#/components/ui/table.tsx";

/** The columns of the runs list; narrow screens keep those that tell runs apart. */
export function RunsTableHead() {
  return (
    <TableHead>
      <TableRow>
        <TableHeaderCell className="pl-3 max-md:w-28">Status</TableHeaderCell>
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
