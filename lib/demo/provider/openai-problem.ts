import { isObject, parsedOrText } from "./ask.ts";

const types: Record<number, [type: string, code: string | null]> = {
  401: ["invalid_request_error", "invalid_api_key"],
  404: ["invalid_request_error", "model_not_found"],
  429: ["requests", "rate_limit_exceeded"],
};

/** The error body that both OpenAI formats share. */
export function openaiProblem(status: number, message: string): object {
  const [type, code] = types[status] ?? (status < 500 ? ["invalid_request_error", null] : ["server_error", null]);
  return { error: { message, type, param: null, code } };
}

/** These formats have no error mark on a tool's output: an object with an `error` says it. */
export function saysError(text: string): boolean {
  const value = parsedOrText(text);
  return (isObject(value) && value.error !== undefined && value.error !== null) || /^error\b/i.test(text);
}
