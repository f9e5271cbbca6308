"""What a file may cost at most."""

BYTES = 25 * 1024 * 1024
PAGES = 2_000
EXPANDED_BYTES = 200 * 1024 * 1024
"""All that a DOCX file unpacks to."""
EXPANDED_PART_BYTES = 60 * 1024 * 1024
"""The text part of a DOCX file, which is held in memory as a tree."""
MARKUP_BYTES = 8 * 1024 * 1024
"""HTML and Markdown, which are held in memory as a tree."""
CHARACTERS = 10_000_000
"""The text of a document; about 3 000 printed pages."""
LETTERS_OF_A_PAGE = 3_000
"""What counts as a page where a format has none and only the first pages are wanted."""
