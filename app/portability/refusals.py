"""What imports are refused for."""

from app.web.problems import Refusal


class ImportUndone(Refusal):
    """The id belongs to an import that was undone: what comes next is another import."""

    status = 409
    code = "import_undone"
    title = "The import with this id was undone"
