"""Names the files among the arguments that their language's grammar does not parse."""

import sys
from pathlib import Path

import tree_sitter_dart
import tree_sitter_swift
from tree_sitter import Language, Parser

GRAMMARS = {".dart": tree_sitter_dart.language(), ".swift": tree_sitter_swift.language()}

for name in Path(sys.argv[1]).rglob("*"):
    if name.suffix in GRAMMARS:
        tree = Parser(Language(GRAMMARS[name.suffix])).parse(name.read_bytes())
        if tree.root_node.has_error:
            print(name)
