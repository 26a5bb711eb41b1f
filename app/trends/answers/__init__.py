"""The answers: one module an operation, pure functions of headlines and a window.

They know neither database, clock nor framework. The patient's endpoint, a share and the report
call the same functions; nothing outside the headlines that are passed is ever read.
"""
