"""From a prompt to a posed body, written as a folder with a rigged mesh and pictures."""

from simplifiedclip import load_settings, save_run
from simplifiedclip.optimize import optimize

prompt = "She is standing up straight. Both her arms are straight above her head."
settings = load_settings("best", overrides={"passes": 60})
result = optimize(prompt, settings, callback=lambda index, loss, _: print(f"pass {index + 1}: {loss:.4f}"))
folder = save_run("out/hello", result, prompt=prompt, overwrite=True)
print(f"loss {result.loss:.4f}; look at {folder}/quad.png")
