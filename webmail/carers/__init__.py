"""« Aidants »: who helps, with which rights and until when."""
