"""Small simulated files with the published headers of MIMIC-III and MIMIC-IV.

They have three patients that the tests know, and one with no admission.
"""

import csv
import io

THREE = {
    "PATIENTS.csv": (
        '"ROW_ID","SUBJECT_ID","GENDER","DOB","DOD","DOD_HOSP","DOD_SSN",'
        '"EXPIRE_FLAG"\n'
        '1,10,"F",2051-06-15 00:00:00,,,,0\n'
        '2,11,"M",1801-03-01 00:00:00,2101-03-09 00:00:00,'
        "2101-03-09 00:00:00,,1\n"
        '3,12,"M",2120-02-01 00:00:00,,,,0\n'
        '4,13,"F",2090-01-01 00:00:00,,,,0\n'
    ),
    "ADMISSIONS.csv": (
        '"ROW_ID","SUBJECT_ID","HADM_ID","ADMITTIME","DISCHTIME","DEATHTIME",'
        '"ADMISSION_TYPE","ADMISSION_LOCATION","DISCHARGE_LOCATION",'
        '"INSURANCE","LANGUAGE","RELIGION","MARITAL_STATUS","ETHNICITY",'
        '"EDREGTIME","EDOUTTIME","DIAGNOSIS","HOSPITAL_EXPIRE_FLAG",'
        '"HAS_CHARTEVENTS_DATA"\n'
        '1,10,102,2103-01-01 06:00:00,2103-01-02 06:00:00,,"ELECTIVE",'
        '"X","HOME","Medicare",,,,,,,"KNEE, LEFT",0,1\n'
        '2,10,100,2101-06-14 12:00:00,2101-06-17 00:00:00,,"EMERGENCY",'
        '"X","HOME","Private",,,,,,,"FEVER, ""HIGH""",0,1\n'
        "3,11,101,2101-03-05 00:00:00,2101-03-09 00:00:00,"
        '2101-03-09 00:00:00,"URGENT","X","DEAD/EXPIRED","Self Pay",,,,,,,"X",'
        "1,1\n"
        '4,12,103,2120-02-01 03:00:00,2120-02-01 01:00:00,,"NEWBORN",'
        '"X","HOME","Medicaid",,,,,,,"NEWBORN",0,1\n'
    ),
    "DIAGNOSES_ICD.csv": (
        '"ROW_ID","SUBJECT_ID","HADM_ID","SEQ_NUM","ICD9_CODE"\n'
        '1,10,100,1,"4019"\n'
        '2,10,102,1,"4011"\n'
        '3,10,102,2,"0389"\n'
        '4,11,101,1,"E8788"\n'
        '5,12,103,1,"V3001"\n'
    ),
}

FOUR = {
    "patients.csv": (
        "subject_id,gender,anchor_age,anchor_year,anchor_year_group,dod\n"
        "10,F,50,2101,2014 - 2016,\n"
        "11,M,91,2100,2011 - 2013,2101-03-09\n"
        "12,M,18,2120,2017 - 2019,\n"
        "13,F,33,2123,2017 - 2019,\n"
    ),
    "admissions.csv": (
        "subject_id,hadm_id,admittime,dischtime,deathtime,admission_type,"
        "admit_provider_id,admission_location,discharge_location,insurance,"
        "language,marital_status,race,edregtime,edouttime,"
        "hospital_expire_flag\n"
        "10,102,2103-01-01 06:00:00,2103-01-02 06:00:00,,ELECTIVE,P1,X,HOME,"
        "Medicare,English,,WHITE,,,0\n"
        "10,100,2101-06-14 12:00:00,2101-06-17 00:00:00,,EW EMER.,P1,X,HOME,"
        "Private,English,,WHITE,,,0\n"
        "11,101,2101-03-05 00:00:00,2101-03-09 00:00:00,2101-03-09 00:00:00,"
        "URGENT,P2,X,DIED,,English,,WHITE,,,1\n"
        "12,103,2120-02-01 03:00:00,2120-02-01 01:00:00,,EU OBSERVATION,P2,X,"
        "HOME,Medicaid,?,,WHITE,,,0\n"
    ),
    "diagnoses_icd.csv": (
        "subject_id,hadm_id,seq_num,icd_code,icd_version\n"
        "10,100,1,4019,9\n"
        "10,102,1,I10,10\n"
        "10,102,2,E1165,10\n"
        "11,101,1,V8601XA,10\n"
        "12,103,1,V3001,9\n"
    ),
}


def write(folder, files, **changed):
    """Write files to a folder, some with another content; return the folder.

    Args:
      folder: the folder; it is made if it is missing.
      files: `THREE` or `FOUR`.
      **changed: other contents, by the file's name in capitals without .csv.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        key = name.removesuffix(".csv").upper()
        (folder / name).write_text(changed.get(key, text))
    return folder


def copied(files, *, num):
    """Return files with several copies of the patients and admissions.

    Args:
      files: `THREE` or `FOUR`.
      num: number of copies, each with numbers of its own.
    """
    return {name: _copied(text, num) for name, text in files.items()}


def _copied(text, num):
    header, *rows = csv.reader(io.StringIO(text))
    places = [
        place
        for place, name in enumerate(header)
        if name.lower() in ("subject_id", "hadm_id")
    ]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    for copy in range(num):
        for row in rows:
            moved = {place: int(row[place]) + 1_000 * copy for place in places}
            writer.writerow(
                [moved.get(place, field) for place, field in enumerate(row)]
            )
    return out.getvalue()
