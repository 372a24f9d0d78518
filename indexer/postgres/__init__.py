"""
An index in PostgreSQL with pgvector, for several servers of the chat over one database.

    schema      hoi_van_ban: which generations there are, originals, jobs; hoi_van_ban_000001: the tables of one generation
    database    the driver, asyncpg, which nothing else imports; connections that are lost are made anew
    loading     a generation's files as rows; unloading puts them together again, byte for byte
    reading     what `indexer.index.Index` asks, by SQL
    home        publishing in one transaction, the last three generations kept
    jobs        vectors that several machines make side by side

Needs the extra ``postgres``: pip install "hoi-van-ban[postgres]".
"""
