export const gpus = { title: "GPUs" } as const;
