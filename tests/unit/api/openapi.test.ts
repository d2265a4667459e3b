import { describe, expect, test } from "vitest";
import { openApiDocument } from "#/lib/api/openapi.ts";
import { allOperations } from "#/lib/api/operations/all.ts";
import { permissions } from "#/lib/tenancy/permissions.ts";

describe("the OpenAPI document", () => {
  const document = openApiDocument();
  const described = Object.entries(document.paths ?? {}).flatMap(([path, item]) =>
    Object.entries(item ?? {}).map(
      ([method, described]) => `${method} ${path} ${(described as { operationId?: string }).operationId}`,
    ),
  );
  const declared = allOperations.map(
    (operation) => `${operation.method.toLowerCase()} ${operation.path} ${operation.id}`,
  );

  test("describes every declared operation, each under a name of its own", () => {
    expect(described.sort()).toEqual(declared.toSorted());
    expect(new Set(allOperations.map((operation) => operation.id)).size).toBe(allOperations.length);
  });

  test("every operation names its error answers as problem details, and the scope it needs", () => {
    for (const operation of allOperations) {
      const item = document.paths?.[operation.path] as Record<
        string,
        { responses: Record<string, { content?: object }>; description: string }
      >;
      const described = item[operation.method.toLowerCase()];
      for (const status of ["400", "401", "403", "500", "503"])
        expect(described?.responses[status]?.content).toHaveProperty("application/problem+json");
      expect(described?.description).toContain(permissions[operation.action].scopes[0]);
    }
  });

  test("the list of runs has its payload fields as parameters of any name", () => {
    const parameters = document.paths?.["/runs"]?.get?.parameters ?? [];
    const payload = parameters.find((parameter) => "name" in parameter && parameter.name === "payload");
    expect(payload).toMatchObject({ in: "query", style: "form", explode: true, schema: { type: "object" } });
    expect(parameters.length).toBeGreaterThan(10);
  });
});
