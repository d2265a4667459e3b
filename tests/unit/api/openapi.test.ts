import { readFileSync } from "node:fs";
import { globSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { openApiDocument } from "#/lib/api/openapi.ts";
import { allEndpoints } from "#/lib/api/routes/all.ts";
import { permissions } from "#/lib/tenancy/permissions.ts";

const files = globSync("app/api/v1/**/route.ts").filter((file) => !file.includes("[[..."));
const templateOf = (file: string) =>
  file
    .replace(/^app\/api\/v1/, "")
    .replace(/\/route\.ts$/, "")
    .replace(/\[(\w+)\]/g, "{$1}");
/** `route(listRunsEndpoint)(…)`: the declarations that a route file serves. */
const servedIn = (file: string) =>
  [...readFileSync(file, "utf8").matchAll(/\broute\((\w+)Endpoint\)/g)].map((match) => match[1]);

describe("the OpenAPI document", () => {
  const document = openApiDocument();
  const described = Object.entries(document.paths ?? {}).flatMap(([path, item]) =>
    Object.entries(item ?? {}).map(
      ([method, operation]) => `${method} ${path} ${(operation as { operationId?: string }).operationId}`,
    ),
  );
  const declared = allEndpoints.map((endpoint) => `${endpoint.method.toLowerCase()} ${endpoint.path} ${endpoint.id}`);

  test("describes every declared operation, each under a name of its own", () => {
    expect(described.sort()).toEqual(declared.toSorted());
    expect(new Set(allEndpoints.map((endpoint) => endpoint.id)).size).toBe(allEndpoints.length);
  });

  test("every route file serves the operations that are declared for its path, and no other", () => {
    const served = files.flatMap((file) => servedIn(file).map((id) => `${templateOf(file)} ${id}`));
    expect(served.sort()).toEqual(allEndpoints.map((endpoint) => `${endpoint.path} ${endpoint.id}`).toSorted());
    for (const file of files) expect(servedIn(file)).not.toEqual([]);
  });

  test("every operation names its error answers as problem details, and the scope it needs", () => {
    for (const endpoint of allEndpoints) {
      const item = document.paths?.[endpoint.path] as Record<
        string,
        { responses: Record<string, { content?: object }>; description: string }
      >;
      const operation = item[endpoint.method.toLowerCase()];
      for (const status of ["400", "401", "403", "500", "503"])
        expect(operation?.responses[status]?.content).toHaveProperty("application/problem+json");
      expect(operation?.description).toContain(permissions[endpoint.action].scopes[0]);
    }
  });

  test("path parameters are declared for every {name} in the path", () => {
    for (const { path, params } of allEndpoints) {
      const names = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
      expect(Object.keys((params as { shape?: object } | undefined)?.shape ?? {}).sort()).toEqual(names.sort());
    }
  });

  test("GET needs no more than reading, and no write is open to a read-only key", () => {
    for (const endpoint of allEndpoints) {
      const scopes: readonly string[] = permissions[endpoint.action].scopes;
      if (endpoint.method !== "GET" && endpoint.id !== "preflightReplay") expect(scopes).not.toContain("runs:read");
    }
  });
});
