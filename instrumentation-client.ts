import { pageNonce } from "#/components/ui/page-nonce.ts";

/**
 * Runs in the browser before anything else of ours (Next's convention), and tells two libraries about the content
 * security policy: the scroll lock below menus and dialogs (get-nonce reads this global) which nonce its style element
 * needs, and zod not to try whether it may compile code.
 */
Object.assign(globalThis, { __webpack_nonce__: pageNonce(), __zod_globalConfig: { jitless: true } });
