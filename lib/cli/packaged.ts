#!/usr/bin/env node
// Entry of the command line as it is installed from its package, where everything is JavaScript (docs/decisions/0010-sdk-and-cli.md).
import { main } from "./main.ts";

process.exitCode = await main(process.argv.slice(2));
