// Entry point of the call page: styles and the definition of <anteroom-call>.

import "../styles/call.css";
import { AnteroomCall } from "./element.ts";

customElements.define("anteroom-call", AnteroomCall);
