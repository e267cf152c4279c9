export const chains = { title: "Chains" } as const;
