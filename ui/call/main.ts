// Entry point of the call page: styles, the catalogue of the page's language, and the definition of <anteroom-call>.

import "../styles/call.css";
import { loadWords } from "../l10n/load.ts";
import { AnteroomCall } from "./element.ts";

const pack = document.querySelector<HTMLElement>("anteroom-call")?.dataset["pack"];
await loadWords(document.documentElement.lang, pack ?? "general");
customElements.define("anteroom-call", AnteroomCall);
