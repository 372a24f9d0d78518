"""
The chat screen: the conversation beside the document viewer, and the classroom.

    strings -> marks -> viewer, conversation, classroom (HTML) -> screen (Gradio) -> app (FastAPI)

This is the only package that imports gradio, and it does so in ``screen.py`` and ``app.py`` alone; the HTML is made by pure functions.
"""
