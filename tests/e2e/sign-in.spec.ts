import { baseUrl, expect, monitoringPath, seed, test, workspaceOf } from "#/tests/support/browser.ts";

// The browser itself reports the 401 of a wrong password.
test.use({ role: null, workspaceName: "signin", expectedErrors: [/status of 401/] });

test.describe("signing in", () => {
  test("a wrong password is told in words and the right one leads to the deep link that was asked for", async ({
    page,
  }) => {
    const { email, password } = seed().members.operator;
    const wanted = `${monitoringPath(workspaceOf("signin"))}?status=failed&q=lamp`;
    await page.goto(wanted);
    await expect(page).toHaveURL(/\/login\?callbackUrl=/);
    await page.getByLabel("Email").fill(email);
    await page.getByLabel("Password").fill(`${password}x`);
    await page.getByRole("button", { name: "Sign in" }).click();
    await expect(page.getByRole("alert").filter({ hasText: "Wrong email or password." })).toBeVisible();
    await page.getByLabel("Password").fill(password);
    await page.keyboard.press("Enter");
    await expect(page).toHaveURL(`${baseUrl()}${wanted}`);
    await expect(page.getByRole("searchbox", { name: "Search runs" })).toHaveValue("lamp");
  });

  test("an unknown email gets the same answer as a wrong password", async ({ page }) => {
    await page.goto("/login");
    await page.getByLabel("Email").fill("nobody@example.com");
    await page.getByLabel("Password").fill("whatever it is");
    await page.getByRole("button", { name: "Sign in" }).click();
    await expect(page.getByRole("alert").filter({ hasText: "Wrong email or password." })).toBeVisible();
  });

  test("a callback to another site is not followed", async ({ page }) => {
    const { email, password } = seed().members.viewer;
    await page.goto("/login?callbackUrl=https%3A%2F%2Fevil.example%2F");
    await page.getByLabel("Email").fill(email);
    await page.getByLabel("Password").fill(password);
    await page.getByRole("button", { name: "Sign in" }).click();
    await expect(page).toHaveURL(new RegExp(`^${baseUrl()}/(?!login)`));
  });

  test("signing out ends the session: the page asks for the password again", async ({ page }) => {
    const { email, password } = seed().members.viewer;
    await page.goto(`/login?callbackUrl=${encodeURIComponent(monitoringPath(workspaceOf("signin")))}`);
    await page.getByLabel("Email").fill(email);
    await page.getByLabel("Password").fill(password);
    await page.getByRole("button", { name: "Sign in" }).click();
    await expect(page).toHaveURL(`${baseUrl()}${monitoringPath(workspaceOf("signin"))}`);
    const kept = await page.context().cookies();
    await page.getByRole("button", { name: /Account/ }).click();
    await page.getByRole("menuitem", { name: "Sign out" }).click();
    await expect(page).toHaveURL(/\/login/);
    await page.context().addCookies(kept);
    const wanted = `${monitoringPath(workspaceOf("signin"))}?status=failed&q=lamp`;
    await page.goto(wanted);
    await expect(page).toHaveURL(`${baseUrl()}/login?callbackUrl=${encodeURIComponent(wanted)}`);
  });

  test("a session that ended meanwhile is called that, in a list that is kept current and for what one does", async ({
    page,
  }) => {
    const { email, password } = seed().members.admin;
    const list = `${monitoringPath(workspaceOf("signin"))}?status=failed`;
    await page.goto(`/login?callbackUrl=${encodeURIComponent(list)}`);
    await page.getByLabel("Email").fill(email);
    await page.getByLabel("Password").fill(password);
    await page.getByRole("button", { name: "Sign in" }).click();
    await expect(page).toHaveURL(`${baseUrl()}${list}`);
    const kept = await page.context().cookies();
    await page.context().clearCookies();
    await page.getByRole("button", { name: "Sign in again" }).click();
    await expect(page).toHaveURL(`${baseUrl()}/login?callbackUrl=${encodeURIComponent(list)}`);

    await page.context().addCookies(kept);
    await page.goto(`/${workspaceOf("signin").slug}/members`);
    await page.getByRole("button", { name: "Add member" }).click();
    await page.getByRole("dialog").getByLabel("Email").fill("late@example.com");
    await page.context().clearCookies();
    await page.keyboard.press("Enter");
    await expect(page.getByRole("dialog")).toContainText("Your session has ended. Sign in again.");
  });
});
