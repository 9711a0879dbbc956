/** The prompt's vocabulary, for interfaces that offer or check its words. */
export { parsePrompt, PROMPT_VOCABULARY } from "../job/prompt-style.ts";
