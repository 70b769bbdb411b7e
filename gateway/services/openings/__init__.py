"""A professional opens a patient's record: by consent, by the patient's code, in an emergency; and how many a day."""
