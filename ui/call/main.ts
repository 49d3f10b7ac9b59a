// The entry of the call page: its styles, and <anteroom-call>.

import "../styles/call.css";
import { AnteroomCall } from "./element.ts";

customElements.define("anteroom-call", AnteroomCall);
