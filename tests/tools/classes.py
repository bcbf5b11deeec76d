# SPDX-License-Identifier: Apache-2.0
"""The deliberate differences from Dogtag's tools. A class says what it is about and accepts a difference only when its rule
holds for that run. To add one: a function (case, kind, recorded, ours) -> bool and a row in CLASSES."""


class Row:
    def __init__(self, name, about, rule):
        self.name, self.about, self.rule = name, about, rule

    def accepts(self, case, difference):
        kind, recorded, ours = difference
        return not kind.startswith("BAD") and bool(self.rule(case, kind, recorded, ours))


CLASSES = []
