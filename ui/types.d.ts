// Style sheets are imported only for the bundler; they have no value.
declare module "*.css";

// The text of a catalogue.
declare module "*.ftl?raw" {
  const text: string;
  export default text;
}
