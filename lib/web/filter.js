/* Packages by name as one types. Without this file the page has its index by
   letter; what is typed is kept in the address, so that it can be bookmarked. */
"use strict";
const table = document.getElementById("packages");
if (table) {
	const rows = Array.from(table.tBodies[0].rows, row =>
		[row, row.textContent.toLowerCase()]);
	const label = document.createElement("label");
	const input = document.createElement("input");
	const said = document.createElement("p");
	label.append("Only packages with ", input);
	input.type = "search";
	said.setAttribute("role", "status");
	table.before(label, said);
	const filter = () => {
		const words = input.value.toLowerCase().split(/\s+/);
		let n = 0;
		for (const [row, text] of rows) {
			row.hidden = !words.every(word => text.includes(word));
			n += !row.hidden;
		}
		said.textContent = input.value ? n + " of " + rows.length : "";
		history.replaceState(null, "", "#" + (input.value &&
			"?" + encodeURIComponent(input.value)));
	};
	input.addEventListener("input", filter);
	if (location.hash.startsWith("#?")) {
		input.value = decodeURIComponent(location.hash.slice(2));
		filter();
	}
}
