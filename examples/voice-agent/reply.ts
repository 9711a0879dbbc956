/**
 * What the agent answers: **replace this by your own service**. A parrot until then, it says what it heard.
 *
 * With a service of your own, for instance:
 *
 *     const answer = await fetch("/agent", { method: "POST", body: said });
 *     return answer.blob(); // any sound that browsers read
 */
export function reply(said: Blob): Promise<Blob> {
  return Promise.resolve(said);
}
