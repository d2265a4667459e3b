import type { Config, Profile } from "./config-file.ts";
import { CliError, exitCode, usageError } from "./exit-code.ts";

export type ConnectionFacts = {
  /** REPRISE_URL and REPRISE_API_KEY; empty counts as unset. */
  url: string | undefined;
  apiKey: string | undefined;
  /** `-p`. */
  profileName: string | undefined;
  config: Config;
  /** Consulted only when nothing else names a place. */
  demo: () => Profile | null;
};

export type Connection = Profile & { note: string | null };

/**
 * Where to go with which key: the environment, value by value, then the profile (`-p`, else the current one), then the
 * demo of this checkout. A stored key is never sent to another origin than the one it was stored for.
 */
export function chooseConnection(facts: ConnectionFacts): Connection {
  const profile = chosenProfile(facts);
  const demo = !profile && !facts.url && !facts.apiKey ? facts.demo() : null;
  if (demo) return { ...demo, note: `Using the demo of this checkout at ${demo.url}` };
  const url = facts.url || profile?.url;
  const apiKey = facts.apiKey || profile?.apiKey;
  if (!url && !apiKey) throw signInFirst("Not signed in: run `reprise login`, or set REPRISE_URL and REPRISE_API_KEY.");
  if (!url) throw signInFirst("REPRISE_API_KEY is set, but no address: set REPRISE_URL, or run `reprise login`.");
  if (!apiKey) throw signInFirst("REPRISE_URL is set, but no key: set REPRISE_API_KEY, or run `reprise login`.");
  if (profile && !facts.apiKey && originOf(url) !== originOf(profile.url))
    throw signInFirst(`REPRISE_URL is not the address that the stored key is for: set REPRISE_API_KEY as well.`);
  const overrides = facts.profileName !== undefined && (facts.url || facts.apiKey);
  const note = overrides ? `REPRISE_URL or REPRISE_API_KEY overrides the profile ${facts.profileName}` : null;
  return { url, apiKey, note };
}

function chosenProfile({ profileName, config }: ConnectionFacts): Profile | null {
  const name = profileName ?? config.current;
  if (name === null) return null;
  const profile = Object.hasOwn(config.profiles, name) ? config.profiles[name] : undefined;
  if (profile) return profile;
  if (profileName === undefined) return null;
  const known = Object.keys(config.profiles);
  throw usageError(
    `There is no profile ${name}; ${known.length > 0 ? `known: ${known.join(", ")}` : "there are none"}.`,
  );
}

function signInFirst(message: string): CliError {
  return new CliError(exitCode.authentication, message);
}

function originOf(url: string): string | null {
  return URL.canParse(url) ? new URL(url).origin : null;
}
