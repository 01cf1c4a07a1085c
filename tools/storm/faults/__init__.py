"""All 141 faults: what they are, how the storm injects them, and which of them a seed meets.

plan = plan_for(random.Random(seed), days=5.0)
injectors = arm_plan(plan, scene)          # then `before_cycle` of each before every cycle
for injector in injectors: injector.heal(scene)
"""
