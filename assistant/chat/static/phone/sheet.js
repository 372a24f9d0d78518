// The result sheet: printed at a press; with the nicknames or without.
document.getElementById("print").addEventListener("click", () => window.print());
document.getElementById("names").addEventListener("change", (event) => event.target.form.submit());
