/** What is watched beside health: serving engines, percentiles, check costs, restarts. */
export const watch = {
  engine: {
    running: "{{n}} running",
    running_of: "{{n}} of {{slots}} slots busy",
    waiting: "{{n}} waiting",
    cache: "cache {{share}}",
    rate: "{{n}} tokens/s",
    loaded_none: "no model loaded",
    loaded: "{{name}} loaded, {{size}}, {{share}} on the GPU",
    loaded_cpu: "{{name}} loaded, {{size}}, on the CPU",
    idle: "no figures",
    label: "Serving engine",
    old: "read {{age}}",
  },
} as const;
