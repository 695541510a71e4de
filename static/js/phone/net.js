// Asks the server from where the signal is weak. Runs in pages and in their service workers.
const PATIENCE = 120_000;

// No answer is an answer too: null. What takes longer than two minutes is no signal.
export async function ask(path, { headers, ...options } = {}) {
  try {
    return await fetch(path, {
      ...options,
      headers: { Accept: "application/json", ...headers },
      cache: "no-store",
      redirect: "error",
      signal: AbortSignal.timeout(PATIENCE),
    });
  } catch {
    return null;
  }
}

export async function json(answer) {
  try {
    return await answer.json();
  } catch {
    return null;
  }
}

// Who is signed in and what his phone needs, in which `wanted` must be named; else "offline", or "stranger" (sign in first).
export async function askWhoIsHere(path, wanted) {
  const answer = await ask(path);
  if (!answer) return "offline";
  if ([401, 403, 404].includes(answer.status)) return "stranger";
  const found = answer.ok ? await json(answer) : null;
  return found?.[wanted] ? found : "offline";
}

// What the server said of something that was sent: { result, said }, the result "sent" (with status 201), "offline",
// "stranger" or "refused".
export async function post(path, body, csrf) {
  const answer = await ask(path, { method: "POST", body, headers: { "X-CSRFToken": csrf } });
  if (!answer || answer.status >= 500 || answer.status === 429) return { result: "offline" };
  if (answer.status === 401) return { result: "stranger" };
  const said = await json(answer);
  // A page of somebody else's network is no answer of ours.
  if (!said) return { result: "offline" };
  return { result: answer.status === 201 ? "sent" : "refused", said, why: said.title || String(answer.status) };
}
