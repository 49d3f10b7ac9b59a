// Style sheets are imported for the bundler's sake alone; they have no value.
declare module "*.css";
