import { StreakdError } from "../errors.ts";
import { createHostFilter } from "../http/allowed-hosts.ts";
import { errorAnswer } from "../http/answer.ts";
import { hostOf, isValidHost } from "../http/host.ts";
import type { Answer, RequestHead } from "../http/message.ts";
import { NO_HOST, refusalAnswer } from "../http/refusal.ts";

/**
 * Creates what checks for which host a request is. It returns the refusal of a request that names no valid host, or one
 * that is not allowed; undefined when the request may go on.
 *
 * Health checks are exempt, unless their host is malformed: orchestrators ask by whatever address they have, and some
 * load balancers by HTTP/1.0 without a Host.
 *
 * @param allowedHosts as `createHostFilter` takes them; undefined means any
 */
export function createHostCheck(
  allowedHosts: readonly string[] | undefined,
  isHealthCheck: (path: string) => boolean,
): (path: string, request: RequestHead) => Answer | undefined {
  const isAllowed = allowedHosts === undefined ? () => true : createHostFilter(allowedHosts);
  return (path, request) => {
    const host = hostOf(request);
    const isValid = isValidHost(host);
    if ((isValid && isAllowed(host)) || ((isValid || host === undefined) && isHealthCheck(path))) {
      return undefined;
    }
    return isValid ? errorAnswer(forbiddenHost()) : refusalAnswer(NO_HOST);
  };
}

function forbiddenHost(): StreakdError {
  const message = "The Host header (HTTP/2: :authority) names a host that ALLOWED_HOSTS of this server does not have.";
  return new StreakdError("FORBIDDEN_HOST", `${message} Use one of its hosts, or let the operator add this one.`);
}
