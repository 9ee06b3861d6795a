"""What a caller did wrong, said so that a person can mend it."""

from __future__ import annotations

from typing import Any


class FieldError(ValueError):
    """A value that cannot be used: which field, why, and what would do instead.

    `field` is the path inside what is being built (`settings.lr`, `hidden[1]`), `message` an English
    sentence with the cure, `code` and `values` the same for programs and for translation.

    >>> error = FieldError("settings.lr", "must be from 0 to 1000, not -1.", code="out_of_range", low=0, high=1000)
    >>> error.field, error.values["high"], str(error)
    ('settings.lr', 1000, 'settings.lr: must be from 0 to 1000, not -1.')
    """

    def __init__(self, field: str, message: str, *, code: str = "invalid", **values: Any) -> None:
        super().__init__(f"{field}: {message}")
        self.field = field
        self.message = message
        self.code = code
        self.values = values

    def within(self, prefix: str) -> FieldError:
        """The same error seen from outside: its field below `prefix`.

        >>> FieldError("lr", "must be a number.").within("settings").field
        'settings.lr'
        """
        return FieldError(
            f"{prefix}.{self.field}" if self.field else prefix, self.message, code=self.code, **self.values
        )


class FormulaError(FieldError):
    """A text that is not a formula or a rule: the column (from 1) where it goes wrong, and what to type.

    >>> error = FormulaError("this ( is never closed: add a ).", 4)
    >>> error.column, error.values
    (4, {'column': 4})
    """

    def __init__(
        self, message: str, column: int, *, field: str = "formula", code: str = "syntax", **values: Any
    ) -> None:
        super().__init__(field, message, code=code, column=column, **values)
        self.column = column
