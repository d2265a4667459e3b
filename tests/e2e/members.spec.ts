import type { Page } from "playwright/test";
import type { SeededWorkspace } from "#/tests/support/seeded-workspace.ts";
import {
  baseUrl,
  expect,
  expectAccessible,
  expectAccessibleInBothThemes,
  expectNoSidewaysScroll,
  test,
  toast,
} from "#/tests/support/browser.ts";

// The browser itself reports the 401 of a wrong password.
test.use({ role: "owner", workspaceName: "members", expectedErrors: [/status of 401/] });

const at = (workspace: SeededWorkspace, path: string) => `/${workspace.slug}/${path}`;
const dialog = (page: Page) => page.getByRole("dialog");
const password = "correct horse battery";
let count = 0;
const newEmail = () => `person-${Date.now().toString(36)}-${(count += 1)}@example.com`;

/** Invites from the members page and gives the link that is shown. */
async function invite(page: Page, workspace: SeededWorkspace, email: string, role = "viewer"): Promise<string> {
  await page.goto(at(workspace, "members"));
  await page.getByRole("button", { name: "Invite", exact: true }).click();
  await dialog(page).getByLabel("Email").fill(email);
  await dialog(page).getByRole("radio", { name: role }).click();
  await dialog(page).getByRole("button", { name: "Create invitation" }).click();
  return linkShown(page, "Invitation link");
}

async function linkShown(page: Page, label: string): Promise<string> {
  const shown = dialog(page).getByLabel(label, { exact: true });
  await expect(shown).toHaveText(new RegExp(`^${baseUrl()}/[a-z/]+/[A-Za-z0-9_-]{43}$`));
  const link = (await shown.textContent()) ?? "";
  await dialog(page).getByRole("button", { name: "I have copied it" }).click();
  return link;
}

/** Opens an invitation as somebody new and joins. */
async function join(page: Page, link: string, name: string): Promise<void> {
  await page.goto(link);
  await page.getByLabel("Name").fill(name);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Create account and join" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Runs" })).toBeVisible();
}

const row = (page: Page, table: string, text: string) =>
  page.getByRole("region", { name: table }).getByRole("row").filter({ hasText: text });

test("an invitation, by keyboard alone: made, handed over, accepted, and worth nothing a second time", async ({
  page,
  elsewhere,
  workspace,
}) => {
  const email = newEmail();
  await page.goto(at(workspace, "members"));
  await page.getByRole("button", { name: "Invite", exact: true }).focus();
  await page.keyboard.press("Enter");
  await expect(dialog(page).getByLabel("Email")).toBeFocused();
  await page.keyboard.type(email);
  await page.keyboard.press("Tab");
  await page.keyboard.press("ArrowDown");
  await expect(dialog(page).getByRole("radio", { name: "operator" })).toBeChecked();
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  await expect(dialog(page).getByRole("button", { name: "Create invitation" })).toBeFocused();
  await page.keyboard.press("Enter");
  const shown = page.getByLabel("Invitation link");
  await expect(shown).toContainText("/invite/");
  const link = (await shown.textContent()) ?? "";
  await page.keyboard.press("Escape");
  await expect(row(page, "Invitations", email)).toContainText("open");
  expect(await page.content()).not.toContain(link);

  const them = await elsewhere();
  await them.goto(link);
  await expect(them.getByText("You are invited to this Reprise workspace as operator.")).toBeVisible();
  await expect(them.getByLabel("Email")).toHaveValue(email);
  await them.getByLabel("Name").focus();
  await them.keyboard.type("Grace Hopper");
  await them.keyboard.press("Tab");
  await them.keyboard.type("too short");
  await them.keyboard.press("Enter");
  await expect(them).toHaveURL(link);
  await them.getByLabel("Password", { exact: true }).fill(password);
  await them.keyboard.press("Enter");
  await expect(them).toHaveURL(new RegExp(`/${workspace.slug}/monitoring/workflow-runs$`));

  await page.reload();
  await expect(row(page, "Invitations", email)).toContainText("accepted");
  await expect(row(page, "Members", email)).toContainText("Grace Hopper");
  await expect(row(page, "Members", email)).toContainText("operator");
  const second = await elsewhere();
  await second.goto(link);
  await expect(second.getByRole("heading", { name: "This invitation does not work" })).toBeVisible();

  await row(page, "Members", email).getByRole("button", { name: "Remove Grace Hopper" }).click();
  await page.getByRole("button", { name: "Remove member" }).click();
  await expect(toast(page, "Member removed")).toBeVisible();
  await them.goto(at(workspace, "workflows"));
  await expect(them.getByRole("heading", { name: "Page not found" })).toBeVisible();
});

test("a new link ends the one before, and revoking ends both", async ({ page, elsewhere, workspace }) => {
  const email = newEmail();
  const first = await invite(page, workspace, email);
  await row(page, "Invitations", email)
    .getByRole("button", { name: `New link for ${email}` })
    .click();
  const second = await linkShown(page, "Invitation link");
  const them = await elsewhere();
  await them.goto(first);
  await expect(them.getByRole("heading", { name: "This invitation does not work" })).toBeVisible();
  await them.goto(second);
  await expect(them.getByRole("button", { name: "Create account and join" })).toBeEnabled();
  await row(page, "Invitations", email)
    .getByRole("button", { name: `Revoke ${email}` })
    .click();
  await page.getByRole("button", { name: "Revoke invitation" }).click();
  await expect(toast(page, "Invitation revoked")).toBeVisible();
  await expect(row(page, "Invitations", email)).toContainText("revoked");
  await them.getByLabel("Name").fill("Late");
  await them.getByLabel("Password", { exact: true }).fill(password);
  await them.getByRole("button", { name: "Create account and join" }).click();
  await expect(them.getByRole("alert").filter({ hasText: "This invitation does not work" })).toBeVisible();
});

test("an invitation is declined by its link, by somebody new and by who is signed in", async ({
  page,
  elsewhere,
  workspace,
}) => {
  const [email, known] = [newEmail(), newEmail()];
  const link = await invite(page, workspace, email);
  const them = await elsewhere();
  await them.goto(link);
  await expect(them.getByRole("link", { name: "Sign in to join" })).toBeVisible();
  await them.getByRole("button", { name: /^Decline the invitation to / }).click();
  await expect(them.getByText("Invitation declined.")).toBeVisible();
  await them.reload();
  await expect(them.getByRole("heading", { name: "This invitation does not work" })).toBeVisible();
  await page.reload();
  await expect(row(page, "Invitations", email)).toContainText("declined");
  await expect(row(page, "Invitations", email).getByRole("button")).toHaveCount(0);

  await join(them, await invite(page, workspace, known), "Barbara");
  await page.reload();
  await row(page, "Members", known).getByRole("button", { name: "Remove Barbara" }).click();
  await page.getByRole("button", { name: "Remove member" }).click();
  await expect(toast(page, "Member removed")).toBeVisible();
  await them.goto(await invite(page, workspace, known));
  await expect(them.getByRole("button", { name: /^Join / })).toBeEnabled();
  await them.getByRole("button", { name: /^Decline the invitation to / }).click();
  await expect(them.getByText("Invitation declined.")).toBeVisible();
});

test("somebody who has an account signs in to accept, and a wrong address is told so", async ({
  page,
  elsewhere,
  workspace,
}) => {
  const email = newEmail();
  const them = await elsewhere();
  await join(them, await invite(page, workspace, email), "Ada");
  await page.reload();
  await row(page, "Members", email).getByRole("button", { name: "Remove Ada" }).click();
  await page.getByRole("button", { name: "Remove member" }).click();
  await expect(toast(page, "Member removed")).toBeVisible();
  const again = await invite(page, workspace, email, "operator");

  await page.goto(again);
  await expect(page.getByText(`The invitation is for ${email}, but you are signed in as`)).toBeVisible();
  const fresh = await elsewhere();
  await fresh.goto(again);
  await fresh.getByRole("link", { name: "Sign in" }).click();
  await fresh.getByLabel("Email").fill(email);
  await fresh.getByLabel("Password", { exact: true }).fill(password);
  await fresh.getByRole("button", { name: "Sign in" }).click();
  await fresh.getByRole("button", { name: /^Join / }).click();
  await expect(fresh).toHaveURL(new RegExp(`/${workspace.slug}/monitoring/workflow-runs$`));
});

test("a password link sets a new password and ends the sessions of before", async ({ page, elsewhere, workspace }) => {
  const email = newEmail();
  const before = await elsewhere();
  await join(before, await invite(page, workspace, email), "Alan");
  await page.reload();
  await row(page, "Members", email).getByRole("button", { name: "Password link for Alan" }).click();
  await dialog(page).getByRole("button", { name: "Create link" }).click();
  const link = await linkShown(page, "Password link");
  const them = await elsewhere();
  await them.goto(link);
  await expect(them.getByText(`For Alan (${email}).`)).toBeVisible();
  await them.getByLabel("New password", { exact: true }).fill("a new and long password");
  await them.getByRole("button", { name: "Set password and sign in" }).click();
  await expect(them.getByRole("heading", { level: 1, name: "Runs" })).toBeVisible();
  await before.goto(at(workspace, "workflows"));
  await expect(before).toHaveURL(/\/login/);
  await before.getByLabel("Email").fill(email);
  await before.getByLabel("Password", { exact: true }).fill(password);
  await before.getByRole("button", { name: "Sign in" }).click();
  await expect(before.getByRole("alert").filter({ hasText: "Wrong email or password." })).toBeVisible();
});

test.describe("as an admin", () => {
  test.use({ role: "admin" });
  test("password links and invitations stop at the own role, and say why", async ({ page, workspace }) => {
    await page.goto(at(workspace, "members"));
    for (const role of ["owner", "admin"]) {
      const button = row(page, "Members", `${role}.`).getByRole("button", { name: /^Password link/ });
      await expect(button.first()).toHaveAttribute("aria-disabled", "true");
    }
    const allowed = row(page, "Members", "operator.").getByRole("button", { name: /^Password link/ });
    await expect(allowed.first()).not.toHaveAttribute("aria-disabled", "true");
    await page.getByRole("button", { name: "Invite", exact: true }).click();
    await expect(dialog(page).getByRole("radio", { name: "owner" })).toBeDisabled();
  });
});

test("the account page changes the password, shows the sessions, and ends the others", async ({
  page,
  elsewhere,
  workspace,
}) => {
  const email = newEmail();
  const [first, second] = [await elsewhere(), await elsewhere()];
  await join(first, await invite(page, workspace, email), "Edsger");
  const signIn = async (them: Page, secret: string) => {
    await them.goto(`/login?callbackUrl=${encodeURIComponent("/account")}`);
    await them.getByLabel("Email").fill(email);
    await them.getByLabel("Password", { exact: true }).fill(secret);
    await them.getByRole("button", { name: "Sign in" }).click();
    await expect(them.getByRole("heading", { level: 1, name: "Your account" })).toBeVisible();
  };
  await signIn(second, password);
  await first.getByRole("button", { name: "Account" }).click();
  await first.getByRole("menuitem", { name: "Your account" }).click();
  const sessions = first.getByRole("list", { name: "Sessions" }).getByRole("listitem");
  await expect(sessions).toHaveCount(2);
  await expect(sessions.filter({ hasText: "this session" })).toHaveCount(1);

  const change = async (current: string, next: string) => {
    await first.getByLabel("Current password", { exact: true }).fill(current);
    await first.getByLabel("New password", { exact: true }).fill(next);
    await first.getByRole("button", { name: "Change password" }).click();
  };
  await change("not the password", "a new and long password");
  await expect(first.getByText("This is not your current password.")).toBeVisible();
  await change(password, "a new and long password");
  await expect(toast(first, "Password changed")).toBeVisible();
  await second.reload();
  await expect(second).toHaveURL(/\/login/);

  await signIn(second, "a new and long password");
  await first.reload();
  await expect(sessions).toHaveCount(2);
  await first.getByRole("button", { name: "Sign out everywhere else" }).click();
  await expect(toast(first, "Signed out everywhere else")).toBeVisible();
  await expect(sessions).toHaveCount(1);
  await second.reload();
  await expect(second).toHaveURL(/\/login/);
  await first.getByRole("button", { name: "Sign out everywhere", exact: true }).click();
  await expect(first).toHaveURL(/\/login/);
});

test("the pages of members and accounts pass axe, and at 390 px none scrolls sideways", async ({
  page,
  elsewhere,
  workspace,
}) => {
  test.slow();
  const link = await invite(page, workspace, newEmail());
  const check = async (look: Page) => {
    await expectAccessibleInBothThemes(look);
    await look.setViewportSize({ width: 390, height: 844 });
    await expectNoSidewaysScroll(look);
    // The drawer and what wraps are other elements; their colours are the same.
    await expectAccessible(look);
    await look.setViewportSize({ width: 1280, height: 800 });
  };
  await expect(page.getByRole("region", { name: "Invitations" })).toBeVisible();
  await check(page);
  await page.getByRole("button", { name: "Invite", exact: true }).click();
  await expect(dialog(page)).toBeVisible();
  await check(page);
  await page.goto("/account");
  await expect(page.getByRole("list", { name: "Sessions" })).toBeVisible();
  await check(page);

  const them = await elsewhere();
  for (const [path, text] of [
    [link, "Create account and join"],
    [`${baseUrl()}/invite/nothing`, "This invitation does not work"],
    [`${baseUrl()}/account/password/nothing`, "This link does not work"],
    [`${baseUrl()}/login`, "Forgot your password"],
  ] as const) {
    await them.goto(path);
    await expect(them.getByText(text)).toBeVisible();
    await check(them);
  }
});
