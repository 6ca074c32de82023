/* What the pages do where scripts run; without them nothing is missing. */
"use strict";

/* a page that is older than it should be says so */
const asof = document.getElementById("asof");
if (asof && asof.dataset.fresh) {
	const made = Date.parse(asof.querySelector("time").dateTime);
	const note = document.createElement("p");
	const span = s => s < 7200 ? Math.floor(s / 60) + " minutes" :
		s < 172800 ? Math.floor(s / 3600) + " hours" :
		Math.floor(s / 86400) + " days";
	const look = () => {
		const age = (Date.now() - made) / 1000;
		note.hidden = age < asof.dataset.fresh;
		if (!note.hidden)
			note.textContent = "This page is " + span(age) + " old, and " +
				"should be newer: the scheduler may have stopped.";
	};
	note.className = "note";
	note.setAttribute("role", "status");
	asof.before(note);
	look();
	setInterval(look, 10000);
}

/* Packages by name as one types, of all pages; what is typed is kept in the
   address, so that it can be bookmarked. packages.js, which is read when it is
   needed, calls found. */
const table = document.querySelector("table[aria-labelledby=packages]");
let rows = null, asked = false, found = () => {};
if (table) {
	const most = 100;
	const label = document.createElement("label");
	const input = document.createElement("input");
	const said = document.createElement("p");
	const shown = table.cloneNode(false);
	const others = [table, ...document.querySelectorAll(".letters, .turns")];
	label.append("Only packages with ", input);
	input.type = "search";
	said.setAttribute("role", "status");
	shown.append(table.tHead.cloneNode(true), document.createElement("tbody"));
	shown.hidden = true;
	table.before(label, said, shown);
	const row = line => {
		const [name, version, arch, kind, word, page] = line.split("\t");
		const tr = document.createElement("tr");
		const cells = [0, 1, 2, 3].map(() => tr.insertCell());
		if (page) {
			const a = document.createElement("a");
			const state = document.createElement("span");
			a.href = "pkg/" + page + ".html";
			a.append(name);
			cells[0].append(a);
			state.className = "state " + kind;
			state.append(word);
			cells[3].append(state);
		} else {
			cells[0].append(name);
		}
		cells[1].append(version);
		cells[2].append(arch);
		return tr;
	};
	const filter = () => {
		const text = input.value.trim().toLowerCase();
		if (text && !asked) {
			const script = document.createElement("script");
			script.src = "packages.js";
			document.head.append(script);
			asked = true;
		}
		if (text && !rows)
			return;
		const words = text.split(/\s+/);
		const list = text ? rows.filter(([low]) =>
			words.every(word => low.includes(word))) : [];
		shown.tBodies[0].replaceChildren(...list.slice(0, most)
			.map(([, line]) => row(line)));
		shown.hidden = !text;
		for (const other of others)
			other.hidden = text;
		said.textContent = !text ? "" : list.length > most ?
			"the first " + most + " of " + list.length :
			list.length + " of " + rows.length;
		history.replaceState(null, "", text ?
			"#?" + encodeURIComponent(text) : location.pathname);
	};
	found = text => {
		rows = text.split("\n").map(line => [line.split("\t", 3).join(" ")
			.toLowerCase() + " " + line.split("\t")[4], line]);
		filter();
	};
	input.addEventListener("input", filter);
	if (location.hash.startsWith("#?")) {
		input.value = decodeURIComponent(location.hash.slice(2));
		filter();
	}
}
