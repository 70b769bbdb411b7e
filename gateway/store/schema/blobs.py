"""Who holds which blob."""

from sqlalchemy import Index

from gateway.store.schema.columns import clustered, number, octets

blob = clustered("blob", number("vault", key=True), octets("blob", key=True), octets("wrapped"), number("size"))
Index("blob_blob", blob.c.blob)
condemned = clustered("condemned", octets("blob", key=True), number("at"))
