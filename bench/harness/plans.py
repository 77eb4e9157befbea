"""Comparing plans: the same indexes, orders, joins and workers, whatever the conditions say."""

TELLING = ("Relation Name", "Index Name", "Scan Direction", "Join Type", "Strategy", "Operation", "Parallel Aware", "Sort Key",
           "Presorted Key")


def explained(session, text, options="costs"):
    return session.execute(f"explain ({options}, format json) {text}").fetchone()[0][0]


def shape(node):
    """A node and what is below it in one line. A gate that is asked once and lets all through, and a list of one part, which
    is what remains after pruning, are what is below them."""
    children = node.get("Plans", [])
    gate = node["Node Type"] == "Result" and "One-Time Filter" in node
    if len(children) == 1 and (gate or node["Node Type"] in ("Append", "Merge Append")):
        return shape(children[0])
    # aliases differ where partitions were pruned at the start of the execution instead of in the planner
    told = [str(node[name]) for name in TELLING if node.get(name) and name not in ("Sort Key", "Presorted Key")]
    told += [f"{name} {len(node[name])}" for name in ("Sort Key", "Presorted Key") if node.get(name)]
    below = f" ({', '.join(shape(child) for child in children)})" if children else ""
    return f"{node['Node Type']} {' '.join(told)}".strip() + below


def parallel(node):
    return node["Node Type"].startswith("Gather") or any(parallel(child) for child in node.get("Plans", []))


def estimate(session, text):
    """The rows that the planner expects of a query, and the rows that it gives."""
    plan = explained(session, text, "analyze, timing off")["Plan"]
    return plan["Plan Rows"], plan["Actual Rows"]
