import { RepriseError, type Reprise } from "#/lib/sdk/client.ts";
import type { CliCommand } from "../cli.ts";
import { readTextInput } from "../read-input.ts";

export const command: CliCommand<{ name: string }, [file: string]> = {
  configure: (command) =>
    command
      .argument("<file>", "the text, kept byte for byte (- for stdin)")
      .requiredOption("--name <name>", "the prompt artifact; created if there is none with this name"),
  async run(cli, { name }, file) {
    const text = await readTextInput(file);
    const pushed = await pushOrCreate(await cli.client(), name, text);
    if (cli.output.isJson) return cli.output.json({ ...pushed, name });
    cli.output.line(`${pushed.id}  ${pushed.contentHash}  ${pushed.created ? "pushed" : "unchanged"}`);
  },
};

type Pushed = { id: string; contentHash: string; created: boolean };

/** Names are unique in a workspace: creating tells whether there is one, without a race. */
async function pushOrCreate(client: Reprise, name: string, text: string): Promise<Pushed> {
  try {
    const { id, contentHash } = await client.prompts.create({ name, text });
    return { id, contentHash, created: true };
  } catch (error) {
    if (!(error instanceof RepriseError && error.code === "conflict")) throw error;
    for await (const prompt of client.prompts.list({ limit: 100 }))
      if (prompt.name === name) return { id: prompt.id, ...(await client.prompts.createRevision(prompt.id, { text })) };
    throw error;
  }
}
