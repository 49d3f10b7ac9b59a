// The entry of the call page: defines <anteroom-call>.
export {};
