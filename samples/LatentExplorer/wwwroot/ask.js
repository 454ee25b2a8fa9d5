// Asks the model: without a question by GET, else by POST. What is wrong with a question is said by the answer's "error".
export async function ask(what, question) {
  const request = question === undefined ? {} : { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(question) };
  let response;
  try {
    response = await fetch(`api/${what}`, request);
  } catch {
    throw new Error("The explorer does not answer: has it been ended?");
  }
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(answer.error ?? `The explorer answers ${response.status}.`);
  return answer;
}
