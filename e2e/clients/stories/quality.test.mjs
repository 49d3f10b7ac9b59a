// What a client shows about the line, and about what it cannot have.
import { onBothPaths } from "../harness/story.mjs";

onBothPaths("on a good line everybody's connection is called excellent", async ({ comes }) => {
  const [ada, ben] = await Promise.all([comes("ada"), comes("ben")]);
  await ada.publishes();
  await ben.sees(ada);
  await ada.isTold("connectionQualityChanged", (quality, who) => quality === "excellent" && who === "ada");
  await ben.isTold("connectionQualityChanged", (quality, who) => quality === "excellent" && who === "ada");
  await ben.isTold("connectionQualityChanged", (quality, who) => quality === "excellent" && who === "ben");
});
