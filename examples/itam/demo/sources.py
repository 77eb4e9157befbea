"""The real data, fetched and written as CSV files: ISO 3166 and ISO 4217 from pycountry, the PCI ID list from Debian."""

import csv
import json
import re

from devtools import fetch, paths

PYCOUNTRY = "26.2.16"


def write():
    """Makes the CSV files that the .sql files \\copy from, and gives their folder."""
    folder = paths.tools("demo-data")
    iso = fetch.wheel("pycountry", PYCOUNTRY) / "pycountry/databases"
    table(folder / "countries.csv", ("code", "name", "numeric_code"), countries(iso))
    table(folder / "subdivisions.csv", ("code", "name", "type", "parent"), subdivisions(iso))
    table(folder / "currencies.csv", ("code", "name", "numeric_code"), currencies(iso))
    # The list has its own package; hwdata holds links to it.
    vendors, devices = pci(fetch.deb("pci.ids") / "usr/share/misc/pci.ids")
    table(folder / "vendors.csv", ("id", "name"), vendors)
    table(folder / "devices.csv", ("vendor_id", "id", "name"), devices)
    return folder


def table(file, header, rows):
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(header)
        writer.writerows(rows)


def entries(folder, standard):
    return json.loads((folder / f"iso{standard}.json").read_text("utf-8"))[standard]


def countries(folder):
    for entry in entries(folder, "3166-1"):
        yield entry["alpha_2"], entry.get("common_name", entry["name"]), entry["numeric"]


def subdivisions(folder):
    """What has no parent among the subdivisions is directly below its country."""
    for entry in entries(folder, "3166-2"):
        yield entry["code"], entry["name"], entry["type"], entry.get("parent", entry["code"][:2])


def currencies(folder):
    for entry in entries(folder, "4217"):
        yield entry["alpha_3"], entry["name"], entry["numeric"]


def pci(file):
    """Vendors at the margin, their devices behind one tab; subsystems (two tabs) and classes (at the end) are left out."""
    vendors, devices = [], []
    for line in file.read_text("utf-8").splitlines():
        if line.startswith("C "):
            break
        if found := re.fullmatch(r"(\t?)([0-9a-f]{4})  (.+)", line):
            indent, number, name = found.groups()
            if indent:
                devices.append((vendors[-1][0], number, name))
            else:
                vendors.append((number, name))
    return vendors, devices
